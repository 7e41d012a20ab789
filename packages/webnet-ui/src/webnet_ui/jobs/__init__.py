"""Jobs: the list, one job live, one host of a job."""
