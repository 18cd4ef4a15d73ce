"""The comparison as flat tables of typed columns, unrounded: CSV and Parquet write them down."""
