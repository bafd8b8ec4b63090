"""One module per command of `./onedoor`."""
