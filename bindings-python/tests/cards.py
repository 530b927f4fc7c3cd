"""Agent Cards for the tests: what people have in them, in the spelling of A2A 1.0."""

from __future__ import annotations

from typing import Any

MINIMAL: dict[str, Any] = {
    "name": "Example",
    "description": "Answers questions.",
    "version": "1.0.0",
    "supportedInterfaces": [
        {"url": "https://agent.example/a2a/v1", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
    ],
    "capabilities": {"streaming": True},
    "defaultInputModes": ["text/plain"],
    "defaultOutputModes": ["text/plain"],
    "skills": [{"id": "answer", "name": "Answer", "description": "Answers a question.", "tags": ["questions"]}],
}

SECURITY: dict[str, Any] = {
    "securitySchemes": {
        "key": {"apiKeySecurityScheme": {"location": "header", "name": "X-API-Key", "description": "By hand."}},
        "bearer": {"httpAuthSecurityScheme": {"scheme": "Bearer", "bearerFormat": "JWT"}},
        "oidc": {
            "openIdConnectSecurityScheme": {
                "openIdConnectUrl": "https://login.example/.well-known/openid-configuration"
            }
        },
        "oauth": {
            "oauth2SecurityScheme": {
                "flows": {
                    "clientCredentials": {
                        "tokenUrl": "https://login.example/token",
                        "scopes": {"read": "Read.", "write": "Write."},
                    }
                }
            }
        },
    },
    "securityRequirements": [{"schemes": {"oauth": {"list": ["read", "write"]}}}],
}

CARDS: dict[str, dict[str, Any]] = {
    "minimal": MINIMAL,
    "full": {
        **MINIMAL,
        **SECURITY,
        "provider": {"organization": "Example Ltd", "url": "https://example.com"},
        "documentationUrl": "https://agent.example/docs",
        "iconUrl": "https://agent.example/icon.png",
        "capabilities": {
            "streaming": True,
            "pushNotifications": False,
            "extendedAgentCard": True,
            "extensions": [
                {
                    "uri": "https://example.com/ext/1",
                    "description": "One.",
                    "required": True,
                    "params": {"mode": "fast"},
                }
            ],
        },
        "skills": [
            {
                "id": "answer",
                "name": "Answer",
                "description": "Answers a question.",
                "tags": ["questions", "answers"],
                "examples": ["What is the time?"],
                "inputModes": ["text/plain", "application/json"],
                "outputModes": ["text/plain"],
            },
            {"id": "sum", "name": "Sum", "description": "Adds numbers.", "tags": ["numbers"]},
        ],
    },
    "non-ASCII": {
        **MINIMAL,
        "name": "Übersetzer 翻訳 😀",
        "description": "\u2028 \u007f \ufb33 \U0001d11e “quoted” \\ / \t",
        "capabilities": {
            "extensions": [
                {"uri": "https://example.com/ext", "params": {"é": 1, "😀": 2, "\ufb33": 3, "z": 4, "Z": 5, "\r": 6}}
            ]
        },
    },
    "numeric params": {
        **MINIMAL,
        "capabilities": {
            "extensions": [
                {
                    "uri": "https://example.com/ext",
                    "params": {
                        "integers": [0, 1, -1, 42, 9007199254740991],
                        "floats": [0.5, 42.0, 1e-7, 1e21, 1.5e300, 123456789.125, 5e-324],
                        "flags": [True, False],
                    },
                }
            ]
        },
    },
    "security schemes": {**MINIMAL, **SECURITY},
}
