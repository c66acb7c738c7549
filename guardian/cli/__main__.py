"""Run guardian as `python -m guardian.cli`, for a command that starts another."""

from __future__ import annotations

import sys

from guardian.cli.main import main

sys.exit(main())
