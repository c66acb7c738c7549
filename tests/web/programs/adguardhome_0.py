"""Do with adguardhome 0.x what Home Assistant does: look at everything, and use the switches; say it as JSON."""

from __future__ import annotations

import asyncio
import json
import sys

from adguardhome import AdGuardHome, AdGuardHomeError  # type: ignore[import-not-found,unused-ignore]


async def main(port: int, token: str, turn: str) -> None:
    told: dict[str, object] = {}
    async with AdGuardHome("127.0.0.1", port=port, username="home", password=token) as home:
        if turn == "off":
            await home.disable_protection()
        if turn == "on":
            await home.enable_protection()
        told["version"] = await home.version()
        told["protection"] = await home.protection_enabled()
        features = (home.filtering, home.parental, home.safebrowsing, home.safesearch)
        told["features"] = [await one.enabled() for one in features]
        told["log"] = await home.querylog.enabled()
        told["names"] = await home.filtering.rules_count(allowlist=False)
        stats = home.stats
        told["figures"] = [
            await one()
            for one in (
                stats.dns_queries,
                stats.blocked_filtering,
                stats.blocked_percentage,
                stats.replaced_parental,
                stats.replaced_safebrowsing,
                stats.replaced_safesearch,
                stats.avg_processing_time,
            )
        ]
        told["update"] = not (await home.update.update_available()).disabled
        for one in features:
            await one.enable()
        await home.querylog.disable()
        await home.stats.reset()
        told["refused"] = 0
        for refused in (*(one.disable for one in features), home.querylog.enable):
            try:
                await refused()
            except AdGuardHomeError:
                told["refused"] += 1  # type: ignore[operator]
    print(json.dumps(told))


asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
