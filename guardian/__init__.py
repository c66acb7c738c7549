"""Tell where to begin: model, wire, lists, policy, engine, then the edges (server, resolver), then daemon and cli."""
