"""The cache that forgives: when Redis is gone or hangs, reads miss and writes are dropped; no page sees an error."""

from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

from portal.pause import Pause

log = structlog.get_logger(__name__)
pause = Pause(5)  # a page asks several times; each would wait for a server that hangs


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache with every fault turned into a miss (rate limits then let people through)."""

    def _forgive(self, name: str, default: Any, *args: Any, **kwargs: Any) -> Any:
        if pause.is_on():
            return default
        try:
            return getattr(super(), name)(*args, **kwargs)
        except (RedisError, OSError) as error:
            pause.begin()
            log.warning("cache.unavailable", operation=name, error=type(error).__name__)
            return default

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """Give the value, or `default` when missing or unreachable."""
        return self._forgive("get", default, key, default, version)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        """Add a value; an unreachable cache says it was added, so that no guard shuts people out."""
        return bool(self._forgive("add", True, *args, **kwargs))

    def set(self, *args: Any, **kwargs: Any) -> None:
        """Set a value."""
        self._forgive("set", None, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        """Renew a value's life."""
        return bool(self._forgive("touch", False, *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """Delete a value."""
        return bool(self._forgive("delete", False, *args, **kwargs))

    def get_many(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Give the values that are there."""
        return dict(self._forgive("get_many", {}, *args, **kwargs))

    def set_many(self, data: dict[str, Any], *args: Any, **kwargs: Any) -> list[str]:
        """Set several values; gives the keys that were not stored."""
        return list(self._forgive("set_many", list(data), data, *args, **kwargs))

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        """Delete several values."""
        self._forgive("delete_many", None, *args, **kwargs)

    def clear(self) -> None:
        """Empty the cache."""
        self._forgive("clear", None)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        """Tell whether a key is there."""
        return bool(self._forgive("has_key", False, *args, **kwargs))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """Add to a counter; an unreachable cache counts as the first time."""
        return int(self._forgive("incr", delta, key, delta, version))
