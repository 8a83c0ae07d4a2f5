"""Parts of the page about an experiment as a whole, each from the tables of a study."""
