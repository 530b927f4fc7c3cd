"""Agent Cards to sign and to verify. `python a2a_cards.py` writes them to a2a/cards.json, where the SDKs find them."""

import json
from pathlib import Path

MINIMAL = {
    "name": "Echo",
    "description": "Says what it hears.",
    "version": "1.0.0",
    "supportedInterfaces": [
        {"url": "https://echo.example/a2a", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
    ],
    "capabilities": {"streaming": False},
    "defaultInputModes": ["text/plain"],
    "defaultOutputModes": ["text/plain"],
    "skills": [{"id": "echo", "name": "Echo", "description": "Says it again.", "tags": ["demo"]}],
}

FULL = {
    **MINIMAL,
    "name": "Timetable",
    "provider": {"url": "https://trains.example", "organization": "Trains"},
    "documentationUrl": "https://trains.example/docs",
    "iconUrl": "https://trains.example/icon.svg",
    "supportedInterfaces": [
        {
            "url": "https://trains.example/a2a",
            "protocolBinding": "JSONRPC",
            "tenant": "north",
            "protocolVersion": "1.0",
        },
        {"url": "https://trains.example/grpc", "protocolBinding": "GRPC", "protocolVersion": "1.0"},
    ],
    "capabilities": {
        "streaming": True,
        "pushNotifications": False,
        "extendedAgentCard": True,
        "extensions": [
            {
                "uri": "https://ext.example/quota/v1",
                "description": "Quota",
                "required": True,
                "params": {"limit": 100, "soft": False, "names": ["a", "b"], "nested": {"deep": [{"x": True}]}},
            }
        ],
    },
    "defaultInputModes": ["text/plain", "application/json"],
    "skills": [
        {
            "id": "route",
            "name": "Find a route",
            "description": "From here to there.",
            "tags": ["rail", "travel"],
            "examples": ["Oslo to Bergen"],
            "inputModes": ["text/plain"],
            "outputModes": ["application/json"],
            "securityRequirements": [{"schemes": {"oauth": {"list": ["read"]}}}],
        }
    ],
    "securitySchemes": {
        "oauth": {
            "oauth2SecurityScheme": {
                "description": "Code flow",
                "flows": {
                    "authorizationCode": {
                        "authorizationUrl": "https://id.example/authorize",
                        "tokenUrl": "https://id.example/token",
                        "refreshUrl": "https://id.example/refresh",
                        "scopes": {"read": "Read", "write": "Write"},
                        "pkceRequired": True,
                    }
                },
                "oauth2MetadataUrl": "https://id.example/.well-known/oauth-authorization-server",
            }
        }
    },
    "securityRequirements": [{"schemes": {"oauth": {"list": ["read", "write"]}}}],
}

NON_ASCII = {
    **MINIMAL,
    "name": "Übersetzer 翻訳 😀",
    "description": 'e\u0301 and é, \u2028, \u007f, "quoted" \\ and a\nline',
    "skills": [{"id": "翻訳", "name": "Ελληνικά", "description": "Щ", "tags": ["日本語", "العربية"]}],
    "securitySchemes": {
        "😀": {"apiKeySecurityScheme": {"location": "header", "name": "X-Key"}},
        "\ufb33": {"apiKeySecurityScheme": {"location": "query", "name": "k"}},
        "é": {"mtlsSecurityScheme": {"description": "mTLS"}},
    },
}

NUMBERS = {
    **MINIMAL,
    "capabilities": {
        "extensions": [
            {
                "uri": "https://ext.example/numbers/v1",
                "params": {
                    "integer": 42,
                    "zero": 0,
                    "half": 0.5,
                    "small": 1e-7,
                    "less": 0.00001,
                    "large": 1e21,
                    "big": 123456789012345680000,
                    "ten to the 16": 10000000000000000,
                    "max": 1.7976931348623157e308,
                    "list": [1, 2.5, -3],
                    "false": False,
                },
            }
        ]
    },
}

SCHEMES = {
    **MINIMAL,
    "securitySchemes": {
        "key": {"apiKeySecurityScheme": {"description": "Key", "location": "header", "name": "X-Key"}},
        "bearer": {"httpAuthSecurityScheme": {"scheme": "Bearer", "bearerFormat": "JWT"}},
        "machine": {
            "oauth2SecurityScheme": {
                "flows": {"clientCredentials": {"tokenUrl": "https://id.example/token", "scopes": {"run": "Run jobs"}}}
            }
        },
        "device": {
            "oauth2SecurityScheme": {
                "flows": {
                    "deviceCode": {
                        "deviceAuthorizationUrl": "https://id.example/device",
                        "tokenUrl": "https://id.example/token",
                        "scopes": {"run": "Run jobs"},
                    }
                }
            }
        },
        "openid": {
            "openIdConnectSecurityScheme": {"openIdConnectUrl": "https://id.example/.well-known/openid-configuration"}
        },
        "mtls": {"mtlsSecurityScheme": {"description": "Client certificate"}},
    },
    "securityRequirements": [{"schemes": {"machine": {"list": ["run"]}}}],
}

#: Cards whose forms are the same bytes.
PORTABLE = {
    "minimal": MINIMAL,
    "full": FULL,
    "non-ASCII": NON_ASCII,
    "numeric params": NUMBERS,
    "security schemes": SCHEMES,
}

_EXTENSION = {"uri": "https://ext.example/x/v1"}


def _with(**members) -> dict:
    return {**MINIMAL, **members}


#: Cards whose forms differ, or that one SDK reads otherwise.
OTHERS = {
    "worked example": {
        "name": "Example Agent",
        "description": "",
        "capabilities": {"streaming": False, "pushNotifications": False, "extensions": []},
        "skills": [],
    },
    "unknown members": _with(
        url="https://old.example", preferredTransport="JSONRPC", **{"x-team": {"name": "", "list": []}}
    ),
    "unknown members inside": _with(
        capabilities={"streaming": True, "stateTransitionHistory": False, "extensions": [{**_EXTENSION, "more": 1}]}
    ),
    "nulls": _with(provider=None, iconUrl=None, securitySchemes=None, documentationUrl=None),
    "empty strings": _with(description="", iconUrl="", documentationUrl=""),
    "empty in lists": _with(defaultInputModes=["text/plain", ""], defaultOutputModes=[]),
    "defaults": _with(
        supportedInterfaces=[
            {"url": "https://a.example", "protocolBinding": "GRPC", "protocolVersion": "1.0", "tenant": ""}
        ],
        capabilities={"extensions": [{**_EXTENSION, "required": False, "description": ""}]},
    ),
    "explicit false": _with(capabilities={"streaming": False, "pushNotifications": False, "extendedAgentCard": False}),
    "proto names": {
        **{name: value for name, value in MINIMAL.items() if name not in ("supportedInterfaces", "defaultInputModes")},
        "supported_interfaces": [{"url": "https://a.example", "protocol_binding": "GRPC", "protocol_version": "1.0"}],
        "default_input_modes": ["text/plain"],
        "documentation_url": "https://a.example/docs",
    },
    "params with empties": _with(
        capabilities={
            "extensions": [
                {
                    **_EXTENSION,
                    "params": {"a": "", "b": [], "c": {}, "d": None, "e": [None, "", {"f": [[]]}, 0, False], "g": 0},
                }
            ]
        }
    ),
    "an API key is required": _with(
        securitySchemes={"apiKey": {"apiKeySecurityScheme": {"location": "header", "name": "X-Key"}}},
        securityRequirements=[{"schemes": {"apiKey": {"list": []}}}],
    ),
    "an empty requirement": _with(securityRequirements=[{}]),
    "an empty scheme": _with(securitySchemes={"mtls": {"mtlsSecurityScheme": {}}}),
    "scopes without text": _with(
        securitySchemes={
            "o": {
                "oauth2SecurityScheme": {
                    "flows": {"implicit": {"authorizationUrl": "https://id.example", "scopes": {"read": ""}}}
                }
            }
        }
    ),
    "0.3 and 1.0": _with(
        url="https://a.example",
        protocolVersion="0.3.0",
        preferredTransport="JSONRPC",
        security=[{"apiKey": []}],
        securitySchemes={
            "apiKey": {
                "type": "apiKey",
                "in": "header",
                "apiKeySecurityScheme": {"location": "header", "name": "X-Key"},
            }
        },
    ),
    "a member signatures inside": _with(
        capabilities={"extensions": [{**_EXTENSION, "params": {"signatures": [{"protected": "x"}]}}]}
    ),
}

ALL = {**PORTABLE, **OTHERS}

if __name__ == "__main__":
    path = Path(__file__).resolve().parent / "a2a" / "cards.json"
    path.write_text(json.dumps(ALL, indent=1) + "\n", "ascii")
