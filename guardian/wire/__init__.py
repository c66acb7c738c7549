"""Turn bytes into values and values into bytes: the only room that knows how DNS looks on the wire."""
