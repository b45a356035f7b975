"""Listings as a source of Spark: a partition for each, whose pages are batches of Arrow.

https://spark.apache.org/docs/latest/api/python/tutorial/sql/python_data_source.html
"""

from __future__ import annotations

try:
    import pyarrow as pa  # noqa: F401 - else the error names another extra
    from pyspark.sql.datasource import DataSource, DataSourceReader, SimpleDataSourceStreamReader
    from pyspark.sql.types import StructType
except ImportError:
    raise ImportError(
        "a source of Spark needs PySpark 4 and pyarrow: pip install 'requests-paginate[spark]'"
    ) from None
from requests_paginate.export.parts import infer_columns
from requests_paginate.export.spark.options import read_options
from requests_paginate.export.spark.readers import ListingReader, ListingStreamReader
from requests_paginate.export.spark.types import to_arrow, to_spark

__all__ = ["ListingSource"]


class ListingSource(DataSource):
    """The format `requests_paginate`; register it, and read with it, also as a stream.

        spark.dataSource.register(ListingSource)
        reader = spark.read.format("requests_paginate").option("plan", "myapp:transactions")
        frame = reader.option("param.link", ",".join(links)).load()

    Each listing is a partition, whose pages come as batches of Arrow. A value is in its column as
    it is, or the task fails with an error that names the column, also for a column that the schema
    does not have. A doubt about an end fails the task, too, unless the plan says `strict=False`:
    nobody reads the warnings of a worker.

    A stream needs PySpark 4.2. Its offset holds a checkpoint of each listing, so that any batch can
    be read again. It reads on the driver, and is idle when all listings have ended; rows that
    arrive later belong to new listings.

    Options, whose names Spark makes small:

    - `plan`: Where the `Plan` is, as `module:name`.
    - `param.NAME`: Values of a query parameter with commas between them, a listing for each. Only
      one such option may have several. NAME is sent as the plan spells it, if it has it, and else
      in small letters.
    - `params`: Instead, the parameters of each listing, as a list of objects in JSON.
    - `parts`: Into how many partitions each listing is cut at most, which takes a request for each.
    - `pagesPerBatch`: How many pages of each listing a batch of a stream has at most; by default 8.
    """

    @classmethod
    def name(cls) -> str:
        """Return the name of the format."""
        return "requests_paginate"

    def schema(self) -> StructType:
        """Return the columns of the first page that has rows; it is asked for here."""
        options = read_options(self.options)
        return to_spark(infer_columns(options.plan, options.params))

    def reader(self, schema: StructType) -> DataSourceReader:
        """Return what reads each listing, or each part of one, in a task."""
        return ListingReader(read_options(self.options), to_arrow(schema))

    def simpleStreamReader(  # noqa: N802 - Spark's name
        self, schema: StructType
    ) -> SimpleDataSourceStreamReader:
        """Return what reads the listings as a stream."""
        return ListingStreamReader(self.options, schema)
