// Lists the transactions of an account with Pluggy's own SDK, and prints their ids, or its error.
const { PluggyClient } = require('pluggy-sdk')

const client = new PluggyClient({
  clientId: process.env.PLUGGY_CLIENT_ID,
  clientSecret: process.env.PLUGGY_CLIENT_SECRET,
})
console.error = () => {}
client
  .fetchAllTransactions(process.argv[2])
  .then((rows) => ({ ids: rows.map((row) => row.id), amounts: rows.map((row) => row.amount) }))
  .catch((error) => ({ error: error.message || String(error) }))
  .then((result) => console.log(JSON.stringify(result)))
