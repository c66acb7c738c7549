"""Hold the configuration: text in, frozen settings out, every fault at once with its place."""
