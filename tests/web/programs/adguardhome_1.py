"""Do with adguardhome 1.x what Home Assistant does: look at everything, and use the switches; say it as JSON."""

from __future__ import annotations

import asyncio
import json
import sys

from adguardhome import AdGuardHome, AdGuardHomeResponseError  # type: ignore[import-not-found,unused-ignore]


async def main(port: int, token: str, turn: str) -> None:
    told: dict[str, object] = {}
    async with AdGuardHome(f"http://127.0.0.1:{port}", username="home", password=token) as home:
        if turn == "off":
            await home.disable_protection()
        if turn == "on":
            await home.enable_protection()
        status, filtering, parental, log, browsing, search = await asyncio.gather(
            home.status(),
            home.filtering.config(),
            home.parental.enabled(),
            home.querylog.config(),
            home.safebrowsing.enabled(),
            home.safesearch.config(),
        )
        told["version"] = str(status.version)
        told["supported"] = status.supported
        told["protection"] = status.protection_enabled
        told["back_in"] = status.protection_resumes_in and status.protection_resumes_in.total_seconds()
        told["features"] = [filtering.enabled, parental, browsing, search.enabled]
        told["log"] = log.enabled
        told["names"] = sum(one.rules_count for one in await home.filtering.blocklists.list())
        stats = await home.stats.get()
        told["figures"] = [
            stats.dns_queries,
            stats.blocked_filtering,
            stats.blocked_percentage,
            stats.blocked_parental,
            stats.blocked_safebrowsing,
            stats.enforced_safesearch,
            stats.avg_processing_time.total_seconds(),
        ]
        told["entries"] = len((await home.querylog.get(search="anadrejt", limit=10)).entries)
        told["update"] = not (await home.update.get()).disabled
        features = (home.filtering, home.parental, home.safebrowsing, home.safesearch)
        for one in features:
            await one.enable()
        await home.querylog.disable()
        await home.querylog.clear()
        await home.stats.disable()
        await home.stats.reset()
        told["refused"] = 0
        for refused in (*(one.disable for one in features), home.querylog.enable, home.stats.enable):
            try:
                await refused()
            except AdGuardHomeResponseError:
                told["refused"] += 1  # type: ignore[operator]
    print(json.dumps(told))


asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
