"""Listen, hand packets to the engine, and do what it returns."""
