using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Serverless.Domain.Webhooks.Network;

/// <summary>What an endpoint answered to a request.</summary>
/// <param name="Status">The HTTP status, or null where there was no answer.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Failure">Why there was no answer, or null.</param>
/// <param name="RetryAfter">How long the endpoint asks to be left alone, or null.</param>
/// <param name="Headers">The answer's headers, or null.</param>
/// <param name="Body">The answer's body up to the bound, where it was asked for.</param>
public sealed record WebhookAnswer(
    int? Status,
    TimeSpan Elapsed,
    string? Failure = null,
    TimeSpan? RetryAfter = null,
    HttpResponseHeaders? Headers = null,
    ReadOnlyMemory<byte> Body = default
)
{
    /// <summary>Whether the endpoint's address may not be called at all.</summary>
    public bool IsRefused { get; init; }

    public bool IsSuccess => Status is >= 200 and < 300;
}

/// <summary>Sends requests to endpoints. An answer is a value, whatever it is; it takes no longer than the timeout and reads no more than the bound.</summary>
public sealed class WebhookClient : IDisposable
{
    private const string UserAgent = "Serverless-Webhooks/1.0";

    private readonly HttpMessageInvoker http;
    private readonly WebhookOptions options;
    private readonly TimeProvider time;

    public WebhookClient(WebhookOptions options, TimeProvider time)
        : this(options, time, new CheckedConnector(options).CreateHandler()) { }

    /// <param name="options">The timeout and the bound of answers.</param>
    /// <param name="time">The clock of the timeout.</param>
    /// <param name="handler">Sends the requests.</param>
    public WebhookClient(WebhookOptions options, TimeProvider time, HttpMessageHandler handler)
    {
        (this.options, this.time) = (options, time);
        http = new HttpMessageInvoker(handler);
    }

    /// <summary>Sends a request with the webhook's own headers.</summary>
    /// <param name="webhook">The webhook.</param>
    /// <param name="request">The request, without an address; it is disposed.</param>
    /// <param name="readBody">Whether the answer's body is wanted.</param>
    /// <param name="cancellation">Cancels it.</param>
    public async Task<WebhookAnswer> SendAsync(Webhook webhook, HttpRequestMessage request, bool readBody, CancellationToken cancellation)
    {
        using var owned = request;
        var started = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(options.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            // What was allowed when the webhook was made may not be so any more.
            request.RequestUri = WebhookRules.CheckUrl(webhook.Url, options);
            AddHeaders(webhook, request);
            using var response = await http.SendAsync(request, both.Token);
            var body = await ReadAsync(response, both.Token, cancellation);
            return new WebhookAnswer((int)response.StatusCode, time.GetElapsedTime(started))
            {
                RetryAfter = RetryAfter(response.Headers.RetryAfter),
                Headers = response.Headers,
                Body = readBody ? body : default,
            };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Failed($"No answer within {options.Timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s.");
        }
        catch (Exception refused) when (refused is DomainException || Find<AddressRefusedException>(refused) is not null)
        {
            return Failed("The address may not be called.") with { IsRefused = true };
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            cancellation.ThrowIfCancellationRequested();
            return Failed(Explain(failure));
        }

        WebhookAnswer Failed(string why) => new(null, time.GetElapsedTime(started), why);
    }

    public void Dispose() => http.Dispose();

    private void AddHeaders(Webhook webhook, HttpRequestMessage request)
    {
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation("WebHook-Request-Origin", options.Origin);
        foreach (var (name, value) in webhook.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>Reads what there is up to the bound. A connection whose answer was read whole can be used again; the rest of a longer one is never read.</summary>
    /// <remarks>The status has said what became of the request: a body that is cut off or does not end changes nothing.</remarks>
    private async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken both, CancellationToken caller)
    {
        if (response.Content.Headers.ContentLength == 0)
        {
            return default;
        }

        var body = new byte[Math.Min(options.LongestAnswer, response.Content.Headers.ContentLength ?? options.LongestAnswer)];
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(both);
            var length = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, both);
            return body.AsMemory(0, length);
        }
        catch (Exception cut)
            when (cut is IOException or HttpRequestException or OperationCanceledException && !caller.IsCancellationRequested)
        {
            return default;
        }
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        return wait > TimeSpan.Zero ? wait : null;
    }

    /// <summary>A reason in few words: exceptions' own would name addresses.</summary>
    private static string Explain(Exception failure) =>
        Find<AuthenticationException>(failure) is not null
            ? "The TLS handshake failed: its certificate is not trusted, or it speaks no TLS."
        : Find<SocketException>(failure) is { } socket
            ? socket.SocketErrorCode switch
            {
                SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => "The host's name cannot be resolved.",
                SocketError.ConnectionRefused => "The connection was refused.",
                SocketError.ConnectionReset => "The connection was reset.",
                SocketError.HostUnreachable or SocketError.NetworkUnreachable => "The host cannot be reached.",
                var other => $"The connection failed ({other}).",
            }
        : failure is HttpRequestException { HttpRequestError: var error and not HttpRequestError.Unknown }
            ? $"The request failed ({error})."
        : "The connection ended before the answer.";

    private static T? Find<T>(Exception exception)
        where T : Exception
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is T found)
            {
                return found;
            }
        }

        return null;
    }
}
