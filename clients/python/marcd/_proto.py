"""The generated messages and stubs, each imported when it is first used.

They bring protobuf with them, whose import takes longer than that of the rest of the package
together.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .v1 import file_service_pb2 as file_service_pb2
    from .v1 import file_service_pb2_grpc as file_service_pb2_grpc
    from .v1 import options_pb2 as options_pb2
    from .v1 import record_service_pb2 as record_service_pb2
    from .v1 import record_service_pb2_grpc as record_service_pb2_grpc
    from .v1 import server_service_pb2 as server_service_pb2
    from .v1 import server_service_pb2_grpc as server_service_pb2_grpc
else:

    def __getattr__(name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        module = importlib.import_module(f".v1.{name}", __package__)
        globals()[name] = module
        return module
