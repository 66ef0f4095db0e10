"""gRPC and the generated messages and stubs, each imported when it is first used.

They and protobuf, which they bring with them, take longer to import than all the rest; and
not every program comes to need a daemon.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ._forks import gate

if TYPE_CHECKING:
    import grpc as grpc

    from .v1 import file_service_pb2 as file_service_pb2
    from .v1 import file_service_pb2_grpc as file_service_pb2_grpc
    from .v1 import options_pb2 as options_pb2
    from .v1 import record_service_pb2 as record_service_pb2
    from .v1 import server_service_pb2 as server_service_pb2
    from .v1 import server_service_pb2_grpc as server_service_pb2_grpc
    from .v1 import write_service_pb2 as write_service_pb2
else:

    def __getattr__(name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        full = name if name == "grpc" else f"{__package__}.v1.{name}"
        with gate:  # a child could not go on with an import of another thread of its parent's
            module = importlib.import_module(full)
        globals()[name] = module
        return module
