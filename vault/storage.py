"""Private storage: outside any served folder, random keys, no URL. Opened by vault.keeping alone."""

import os
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


@deconstructible
class PrivateStorage(FileSystemStorage):
    """Files on disk that only the vault's views stream."""

    def __init__(self) -> None:
        super().__init__(base_url=None, file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self) -> Path:
        """The folder of the settings, asked each time: tests move it."""
        return Path(settings.PRIVATE_ROOT)

    @property
    def location(self) -> str:
        """The same as an absolute path."""
        return str(self.base_location.absolute())

    def url(self, name: str | None) -> str:
        """No private file has an address of its own."""
        message = "private files are served by vault.views only"
        raise ValueError(message)

    def settle(self, name: str) -> None:
        """Come back when the bytes, and the name they lie under, would outlive a loss of power."""
        path = Path(self.path(name))
        for place in (path, path.parent):
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
