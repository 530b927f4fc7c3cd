<?php

// A gateway for the race and fault suite, with settings from the environment: `php -S ADDRESS soak_app.php`.

declare(strict_types=1);

use GuzzleHttp\Psr7\HttpFactory;
use GuzzleHttp\Psr7\Response;
use GuzzleHttp\Psr7\ServerRequest;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\ServerRequestInterface;
use Psr\Http\Server\RequestHandlerInterface;
use Samebyte\Http\Psr\SignatureMiddleware;
use Samebyte\Http\Setup;

require_once __DIR__ . '/autoload.php';
require_once __DIR__ . '/Psr.php';

/** Counts how often it was called with the same `id`, in a file, since a process of PHP forgets; `GET /open/runs` tells. */
$handler = new class implements RequestHandlerInterface {
    public function handle(ServerRequestInterface $request): ResponseInterface
    {
        $counts = new PDO('sqlite:' . getenv('TMPDIR') . '/runs.sqlite');
        $counts->exec('CREATE TABLE IF NOT EXISTS runs (id TEXT PRIMARY KEY, count INTEGER NOT NULL)');
        if ($request->getUri()->getPath() === '/open/runs') {
            $query = 'SELECT coalesce(max(count), 0) AS most, coalesce(sum(count), 0) AS runs FROM runs';
            return self::json($counts->query($query)->fetch(PDO::FETCH_ASSOC));
        }
        $id = json_decode((string) $request->getBody())->id ?? null;
        $counts->prepare('INSERT INTO runs VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET count = count + 1')
            ->execute([(string) $id]);
        return self::json(['id' => $id, 'jsonrpc' => '2.0', 'result' => 'pong']);
    }

    /** @param array<string, mixed> $value */
    private static function json(array $value): ResponseInterface
    {
        return new Response(200, ['Content-Type' => 'application/json'], json_encode($value, JSON_THROW_ON_ERROR));
    }
};

$factory = new HttpFactory();
$response = (new SignatureMiddleware(Setup::fromEnvironment(), $factory, $factory))
    ->process(ServerRequest::fromGlobals(), $handler);
http_response_code($response->getStatusCode());
foreach ($response->getHeaders() as $name => $values) {
    foreach ($values as $value) {
        header("$name: $value", false);
    }
}
echo $response->getBody();
