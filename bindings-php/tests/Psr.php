<?php

declare(strict_types=1);

namespace {
    foreach (['Psr/Http/Message/autoload.php', 'Psr/Http/Client/autoload.php', 'Nyholm/Psr7/autoload.php', 'GuzzleHttp/autoload.php'] as $library) {
        @include_once $library;
    }
    require_once __DIR__ . '/Psr15.php';
}

namespace Samebyte\Tests {
    use Nyholm\Psr7\Factory\Psr17Factory;
    use Nyholm\Psr7\ServerRequest;
    use Psr\Http\Client\ClientInterface;
    use Psr\Http\Message\RequestInterface;
    use Psr\Http\Message\ResponseInterface;
    use Psr\Http\Message\ServerRequestInterface;
    use Psr\Http\Server\RequestHandlerInterface;
    use Samebyte\Http\Psr\SignatureMiddleware;
    use Samebyte\Http\Setup;

    /** What the tests of PSR classes share: a handler that notes what it is called with, and a client that needs no network. */
    final class Psr implements RequestHandlerInterface, ClientInterface
    {
        /** @var list<ServerRequestInterface> what the handler was called with */
        public array $handled = [];
        /** @var list<array<string, mixed>> */
        public array $events = [];
        public readonly Psr17Factory $factory;
        public readonly SignatureMiddleware $middleware;
        /** @var (\Closure(ServerRequestInterface): ServerRequestInterface)|null what happens on the way */
        public ?\Closure $before = null;
        /** @var (\Closure(ResponseInterface): ResponseInterface)|null what happens on the way back */
        public ?\Closure $after = null;

        /** @param \Closure(ServerRequestInterface): ResponseInterface $answers */
        public function __construct(Setup $setup, private readonly \Closure $answers)
        {
            $this->factory = new Psr17Factory();
            $log = function (array $event): void {
                $this->events[] = $event;
            };
            $this->middleware = new SignatureMiddleware($setup, $this->factory, $this->factory, $log);
        }

        public static function installed(): bool
        {
            return class_exists(Psr17Factory::class);
        }

        public function handle(ServerRequestInterface $request): ResponseInterface
        {
            $this->handled[] = $request;
            return ($this->answers)($request);
        }

        public function sendRequest(RequestInterface $request): ResponseInterface
        {
            $server = ['REQUEST_URI' => $request->getRequestTarget(), 'REMOTE_ADDR' => '127.0.0.1'];
            $received = new ServerRequest(
                $request->getMethod(),
                $request->getUri(),
                $request->getHeaders(),
                (string) $request->getBody(),
                serverParams: $server,
            );
            $received = $this->before === null ? $received : ($this->before)($received);
            $response = $this->middleware->process($received, $this);
            return $this->after === null ? $response : ($this->after)($response);
        }
    }
}
