<?php

declare(strict_types=1);

namespace Samebyte\Http\Psr;

use Psr\Http\Client\ClientInterface;
use Psr\Http\Message\RequestInterface;
use Psr\Http\Message\ResponseInterface;
use Psr\Http\Message\StreamFactoryInterface;
use Samebyte\Http\Client;
use Samebyte\Http\VerifiedResponse;

/**
 * Signs each request of another PSR-18 client, and verifies the response to it: what it returns holds the body that was verified.
 *
 * The other client must neither follow redirects nor send a request twice; whoever tries again does so out here, and the request
 * is signed anew.
 */
final class SigningClient implements ClientInterface
{
    private readonly Signing $signing;

    public function __construct(private readonly ClientInterface $client, Client $signer, StreamFactoryInterface $streams)
    {
        $this->signing = new Signing($signer, $streams);
    }

    /** @throws ClientError if the request cannot be signed, or the response does not verify */
    public function sendRequest(RequestInterface $request): ResponseInterface
    {
        [$request, $call] = $this->signing->sign($request);
        return $this->signing->verify($call, $this->client->sendRequest($request));
    }

    /** What is known of a response of this client: who signed it, and whether it answers its request. */
    public function verified(ResponseInterface $response): ?VerifiedResponse
    {
        return $this->signing->of($response);
    }
}
