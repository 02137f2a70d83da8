"""A batch on a Dask cluster: `parcel` is what travels, `lanes` runs on the workers, `batch` stands where the command is."""
