"""Where the messages of the command go."""

from __future__ import annotations

import logging


def configure(args) -> list[logging.Handler]:
    """Follow the options of messages; gives the handlers that the command adds."""
    from . import setVerbosity

    radiomics = logging.getLogger("radiomics")
    setVerbosity((6 - args.verbosity) * 10)
    if args.log_file is None:
        return []
    handler = logging.FileHandler(args.log_file, mode="a")
    handler.setLevel(getattr(logging, args.logging_level))
    handler.setFormatter(
        logging.Formatter(
            "[%(asctime)s] %(levelname)-.1s: (%(processName)s) %(name)s: %(message)s",
            "%Y-%m-%d %H:%M:%S",
        )
    )
    radiomics.addHandler(handler)
    if handler.level:
        radiomics.setLevel(min(radiomics.level, handler.level))
    return [handler]
