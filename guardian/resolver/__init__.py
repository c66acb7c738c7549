"""Ask the resolvers upstream, safely, and hand back what may be kept."""
