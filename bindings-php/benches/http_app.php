<?php

// What `cargo xtask bench http-php` measures under php-fpm: answers with the body that it got. `BENCH`: `unsigned` has nothing before
// it, anything else the middleware, with settings from the environment. On the command line it makes the store of nonces that the
// environment names one that has been there for an hour: an empty one refuses what was signed before it began.

declare(strict_types=1);

use GuzzleHttp\Psr7\HttpFactory;
use GuzzleHttp\Psr7\Response;
use GuzzleHttp\Psr7\ServerRequest;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Samebyte\Http\Psr\SignatureMiddleware;
use Samebyte\Http\RedisStore;
use Samebyte\Http\Setup;

require_once __DIR__ . '/../tests/autoload.php';
require_once 'GuzzleHttp/Psr7/autoload.php';
require_once __DIR__ . '/../tests/Psr15.php';

if (PHP_SAPI === 'cli') {
    $setup = Setup::fromEnvironment();
    // Redis has been given an epoch that says so; this notes it.
    $lost = $setup->store?->lostAt() ?? throw new RuntimeException('the store does not answer');
    if (!$setup->store instanceof RedisStore) {
        $file = new PDO((string) getenv('REPLAY_STORE'));
        $file->exec("UPDATE state SET value = $lost - 3600000 WHERE name = 'lost'");
    }
    exit;
}

$echo = new class implements RequestHandlerInterface {
    public function handle(ServerRequestInterface $request): ResponseInterface
    {
        return new Response(200, ['Content-Type' => 'application/json'], $request->getBody());
    }
};

$request = ServerRequest::fromGlobals();
if (getenv('BENCH') === 'unsigned') {
    $response = $echo->handle($request);
} else {
    $factory = new HttpFactory();
    $response = (new SignatureMiddleware(Setup::fromEnvironment(), $factory, $factory))->process($request, $echo);
}
http_response_code($response->getStatusCode());
foreach ($response->getHeaders() as $name => $values) {
    foreach ($values as $value) {
        header("$name: $value", false);
    }
}
echo $response->getBody();
