"""One module a protocol: what is asked, what counts as right."""
