"""Keep the accounts of who is known by a word: a label, or a hardware address that a trusted router states.

Law 1: at most `max_accounts`, and of devices that nobody has named at most `max_strangers`; of those the one met first
       goes. When any of them asked is not kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from guardian.engine.limit import Account
from guardian.model import Asker
from guardian.wire.question import NOBODY

if TYPE_CHECKING:
    from guardian.engine.household import Household
    from guardian.engine.limit import Share


class Stated:
    """Accounts by what is stated."""

    def __init__(self, share: Share, *, max_accounts: int = 4096, max_strangers: int = 64) -> None:
        """Know nobody yet; `share` is how much each may ask."""
        self._share = share
        self._max_accounts = max_accounts
        self._max_strangers = max_strangers
        self._accounts: dict[str, Account] = {}
        self._strangers: dict[str, None] = {}

    def __len__(self) -> int:
        """Count the accounts."""
        return len(self._accounts)

    def account(self, key: str, client: str, place: int, now: float) -> Account:
        """Give the account of who is known by `key`, whose policy is at `place`; it begins where it is not known."""
        account = self._accounts.get(key)
        if account is None or account.place != place:
            if len(self._accounts) >= self._max_accounts:
                self._accounts.clear()
            account = self._accounts[key] = Account(Asker(client), place, self._share.burst, now)
        return account

    def charge(self, account: Account, nearest: Account | None, now: float) -> None:
        """Take one question off an account, and give it back to that of the address that it came from."""
        if nearest is not None:
            nearest.left += 1
        account.left -= 1
        if account.left < 0:
            self._share.refill(account, now)

    def meet(self, hardware: str) -> None:
        """Hear of a device that nobody has named."""
        if hardware in self._strangers or hardware == NOBODY:
            return
        if len(self._strangers) >= self._max_strangers:
            self._strangers.pop(next(iter(self._strangers)), None)
        self._strangers[hardware] = None

    def strangers(self, household: Household) -> list[str]:
        """Give the hardware addresses that were met and that nobody has named since."""
        return [one for one in list(self._strangers) if not household.names(one)]

    def renew(self) -> None:
        """Drop the accounts: what they were made from has changed."""
        self._accounts.clear()

    def forget(self, now: float) -> None:
        """Drop the accounts of who has all of its share again."""
        self._accounts = {key: one for key, one in self._accounts.items() if not self._share.is_rested(one, now)}
