<?php

// A client of `cargo xtask demo`: see README.md.

declare(strict_types=1);

use Samebyte\Exception\SamebyteError;
use Samebyte\Http\Client;
use Samebyte\Keyset;
use Samebyte\SigningKey;

spl_autoload_register(static function (string $class): void {
    $file = __DIR__ . '/../../bindings-php/src/' . str_replace('\\', '/', substr($class, strlen('Samebyte\\'))) . '.php';
    if (str_starts_with($class, 'Samebyte\\') && is_file($file)) {
        require $file;
    }
});

[, $origin, $keyFile, $documentFile] = $argv;
$keys = Keyset::fromJwks(file_get_contents("$origin/.well-known/jwks.json"));
$client = new Client(SigningKey::fromPem(file_get_contents($keyFile)), $keys);
$fields = ['Content-Type' => 'application/json'];
$call = $client->sign('POST', "$origin/rpc", $fields, file_get_contents($documentFile));
$body = file_get_contents("$origin/rpc", false, stream_context_create(['http' => [
    'method' => 'POST',
    'header' => ['Content-Type: application/json', "$call->name: $call->value"],
    'content' => $call->body,
    'ignore_errors' => true,
]]));
$status = (int) explode(' ', $http_response_header[0])[1];
$received = [];
foreach (array_slice($http_response_header, 1) as $line) {
    [$name, $value] = explode(':', $line, 2);
    $received[$name][] = trim($value);
}
try {
    $call->verify($status, $received, $body);
    $verdict = 'verified';
} catch (SamebyteError $error) {
    $verdict = $error->code()->value;
}
echo json_encode(['accepted' => "$status, $verdict"]), "\n";
