using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Domain.Documents;

namespace Serverless.Azure.IotHub;

/// <summary>
/// IoT Hub's service API over HTTPS, api-version 2021-04-12, on Azure.Core's pipeline: its retries of 408, 429 and 5xx with their Retry-After, its credentials and its diagnostics.
/// </summary>
public sealed class IotHubClient
{
    private const string ApiVersion = "2021-04-12";
    private const string Scope = "https://iothubs.azure.net/.default";
    private const string ErrorHeader = "iothub-errorcode";
    private const string ContinuationHeader = "x-ms-continuation";

    /// <summary>For If-Match: change whatever version is there. In quotes, as Microsoft's clients send it.</summary>
    public const string Any = "\"*\"";

    // What the way there and back may take beside the device's own time.
    private static readonly TimeSpan Allowance = TimeSpan.FromSeconds(15);

    private readonly HttpPipeline pipeline;
    private readonly Uri endpoint;

    /// <param name="endpoint">The hub, such as https://example.azure-devices.net.</param>
    /// <param name="credential">An identity with the role IoT Hub Data Contributor.</param>
    /// <param name="options">Retries, transport and diagnostics.</param>
    public IotHubClient(Uri endpoint, TokenCredential credential, IotHubClientOptions options)
    {
        this.endpoint = endpoint;
        pipeline = HttpPipelineBuilder.Build(options, new BearerTokenAuthenticationPolicy(credential, Scope));
    }

    /// <summary>Sends a request and reads the answer.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="path">Its path, escaped.</param>
    /// <param name="body">Its JSON body, or null for none.</param>
    /// <param name="ifMatch">An entity tag in quotes, <see cref="Any"/> to change whatever is there, or null to leave the header out.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="StoreUnavailableException">The hub does not answer, throttles for too long, or does not let this identity in.</exception>
    public async Task<IotHubAnswer> SendAsync(
        RequestMethod method,
        string path,
        JsonNode? body,
        string? ifMatch,
        CancellationToken cancellation
    )
    {
        using var message = Request(method, path, body);
        if (ifMatch is not null)
        {
            message.Request.Headers.Add("If-Match", ifMatch);
        }

        return await SendAsync(message, cancellation);
    }

    /// <summary>One page of a query in IoT Hub's query language.</summary>
    /// <returns>The rows, and where the next page begins, or null on the last.</returns>
    public async Task<(JsonArray Rows, string? Continuation)> QueryAsync(
        string query,
        int pageSize,
        string? continuation,
        CancellationToken cancellation
    )
    {
        using var message = Request(RequestMethod.Post, "/devices/query", new JsonObject { ["query"] = query });
        message.Request.Headers.Add("x-ms-max-item-count", pageSize.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (continuation is not null)
        {
            message.Request.Headers.Add(ContinuationHeader, continuation);
        }

        var answer = await SendAsync(message, cancellation);
        return answer is { Status: 200, Body: JsonArray rows } ? (rows, answer.Continuation) : throw answer.Unexpected();
    }

    /// <summary>Whether the registry has a device.</summary>
    /// <exception cref="StoreUnavailableException">The hub does not answer.</exception>
    public async Task<bool> HasAsync(string hubId, CancellationToken cancellation)
    {
        var answer = await SendAsync(RequestMethod.Get, $"/devices/{Uri.EscapeDataString(hubId)}", null, null, cancellation);
        return answer.Status switch
        {
            200 => true,
            404 => false,
            _ => throw answer.Unexpected(),
        };
    }

    /// <summary>Calls a method of a device. It is sent once: whether a device has acted on a call that had no answer, nobody knows.</summary>
    /// <param name="path">The path of the twin's methods.</param>
    /// <param name="body">The call.</param>
    /// <param name="patience">How long the hub may wait for the device.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="StoreUnavailableException">The hub does not answer, or does not let this identity in.</exception>
    public async Task<IotHubAnswer> InvokeAsync(string path, JsonNode body, TimeSpan patience, CancellationToken cancellation)
    {
        using var message = Request(RequestMethod.Post, path, body);
        message.ResponseClassifier = new ThrottledOnly();
        message.NetworkTimeout = patience + Allowance;
        return await SendAsync(message, cancellation);
    }

    private HttpMessage Request(RequestMethod method, string path, JsonNode? body)
    {
        var message = pipeline.CreateMessage();
        var request = message.Request;
        request.Method = method;
        request.Uri.Reset(new Uri(endpoint, path));
        request.Uri.AppendQuery("api-version", ApiVersion);
        request.Headers.Add(HttpHeader.Names.Accept, "application/json");
        if (body is not null)
        {
            request.Headers.Add(HttpHeader.Common.JsonContentType);
            request.Content = RequestContent.Create(BinaryData.FromString(body.ToJsonString()));
        }

        return message;
    }

    private async Task<IotHubAnswer> SendAsync(HttpMessage message, CancellationToken cancellation)
    {
        await pipeline.SendToServiceAsync(message, "IoT Hub", cancellation);

        var response = message.Response;
        var answer = new IotHubAnswer(
            response.Status,
            response.Headers.TryGetValue(ErrorHeader, out var error) ? error : null,
            Parse(response.Content),
            response.Headers.TryGetValue(ContinuationHeader, out var continuation) && continuation.Length > 0 ? continuation : null
        );
        return answer.Status is 401 or 429 or 500 or 503 ? throw answer.Unexpected() : answer;
    }

    private static JsonNode? Parse(BinaryData content)
    {
        if (content.ToMemory().IsEmpty)
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(content.ToMemory().Span);
        }
        catch (JsonException)
        {
            return null; // a proxy's page in place of the hub's answer: the status says what is to be said
        }
    }
}

/// <summary>Tries again only what the hub has not taken on.</summary>
internal sealed class ThrottledOnly : ResponseClassifier
{
    public override bool IsRetriableResponse(HttpMessage message) => message.Response.Status == 429;

    public override bool IsRetriableException(Exception exception) => false;

    public override bool IsRetriable(HttpMessage message, Exception exception) => false;
}

/// <summary>What the pipeline of <see cref="IotHubClient"/> is made with.</summary>
public sealed class IotHubClientOptions : ClientOptions;

/// <summary>An answer of the hub.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Error">The header iothub-errorcode, such as DeviceNotFound, or null.</param>
/// <param name="Body">The JSON body, or null where it has none.</param>
/// <param name="Continuation">Where a query's next page begins, or null.</param>
public sealed record IotHubAnswer(int Status, string? Error, JsonNode? Body, string? Continuation)
{
    /// <summary>The hub's own words, without its tracking id.</summary>
    public string Reason => (Body as JsonObject)?["Message"]?.ToString() ?? Error ?? "no reason given";

    public StoreUnavailableException Unexpected() => new($"IoT Hub answers {Status}: {Reason}");
}
