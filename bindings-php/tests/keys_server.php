<?php

// A server of key sets, for `php -S`: each path is another kind of server.

declare(strict_types=1);

file_put_contents(getenv('KEYS_FOLDER') . '/requests', "{$_SERVER['REQUEST_URI']}\n", FILE_APPEND);
$jwks = fn (): string => (string) file_get_contents(getenv('KEYS_FOLDER') . '/jwks.json');
match ($_SERVER['REQUEST_URI']) {
    '/redirect' => header('Location: /jwks.json', true, 302),
    '/error' => [http_response_code(500), print($jwks())],
    '/huge' => print($jwks() . str_repeat(' ', 70_000)),
    '/slow' => [sleep(3), print($jwks())],
    '/broken' => print('{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}'),
    default => print($jwks()),
};
