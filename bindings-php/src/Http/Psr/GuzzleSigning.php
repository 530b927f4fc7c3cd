<?php

declare(strict_types=1);

namespace Samebyte\Http\Psr;

use GuzzleHttp\Promise\PromiseInterface;
use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Samebyte\Http\Client;
use Samebyte\Http\VerifiedResponse;

/**
 * Signs each request of a Guzzle client, and verifies the response to it: `$stack->push(new GuzzleSigning($signer, $streams))`.
 *
 * Pushed last it stands next to the sending, so that a request that Guzzle repeats or redirects is signed anew each time.
 */
final class GuzzleSigning
{
    private readonly Signing $signing;

    public function __construct(Client $signer, StreamFactoryInterface $streams)
    {
        $this->signing = new Signing($signer, $streams);
    }

    /**
     * @param callable(RequestInterface, array<string, mixed>): PromiseInterface $handler
     * @return callable(RequestInterface, array<string, mixed>): PromiseInterface
     */
    public function __invoke(callable $handler): callable
    {
        return function (RequestInterface $request, array $options) use ($handler): PromiseInterface {
            [$request, $call] = $this->signing->sign($request);
            return $handler($request, $options)->then(
                fn (ResponseInterface $response): ResponseInterface => $this->signing->verify($call, $response),
            );
        };
    }

    /** What is known of a response: who signed it, and whether it answers its request. */
    public function verified(ResponseInterface $response): ?VerifiedResponse
    {
        return $this->signing->of($response);
    }
}
