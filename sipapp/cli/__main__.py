"""`python -m sipapp.cli`, where the command is not on the path."""

from sipapp.cli import main

raise SystemExit(main())
