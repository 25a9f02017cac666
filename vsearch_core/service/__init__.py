"""The HTTP API: answers other programs with the words and the JSON of the command line. Needs the extra `serve`."""
