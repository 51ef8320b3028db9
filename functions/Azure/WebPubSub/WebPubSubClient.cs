using Azure.Core;
using Azure.Core.Pipeline;
using Serverless.Domain.Documents;

namespace Serverless.Azure.WebPubSub;

/// <summary>
/// Web PubSub's data plane, api-version 2024-01-01, as far as sockets need it, on Azure.Core's pipeline: its retries of 408, 429 and 5xx, its credentials and its diagnostics.
/// </summary>
/// <remarks>https://learn.microsoft.com/azure/azure-web-pubsub/reference-rest-api-data-plane. Names of groups have no slashes: the service does not take them, escaped or not.</remarks>
public sealed class WebPubSubClient
{
    private const string ApiVersion = "2024-01-01";
    private const string Scope = "https://webpubsub.azure.com/.default";

    private readonly HttpPipeline pipeline;
    private readonly Uri endpoint;

    /// <param name="endpoint">The service, such as https://example.webpubsub.azure.com.</param>
    /// <param name="credential">An identity with the role Web PubSub Service Owner.</param>
    /// <param name="options">Retries, transport and diagnostics.</param>
    public WebPubSubClient(Uri endpoint, TokenCredential credential, WebPubSubClientOptions options)
    {
        this.endpoint = endpoint;
        pipeline = HttpPipelineBuilder.Build(options, new BearerTokenAuthenticationPolicy(credential, Scope));
    }

    /// <returns>False where there is no such connection.</returns>
    public Task<bool> SendAsync(string hub, string connectionId, ReadOnlyMemory<byte> text, CancellationToken cancellation) =>
        CallAsync(RequestMethod.Post, $"{Connection(hub, connectionId)}/:send", text, null, cancellation);

    public Task SendToGroupAsync(string hub, string group, ReadOnlyMemory<byte> text, CancellationToken cancellation) =>
        CallAsync(RequestMethod.Post, $"{Hub(hub)}/groups/{Uri.EscapeDataString(group)}/:send", text, null, cancellation);

    /// <returns>False where there is no such connection.</returns>
    public Task<bool> AddToGroupAsync(string hub, string group, string connectionId, CancellationToken cancellation) =>
        CallAsync(RequestMethod.Put, Member(hub, group, connectionId), null, null, cancellation);

    public Task RemoveFromGroupAsync(string hub, string group, string connectionId, CancellationToken cancellation) =>
        CallAsync(RequestMethod.Delete, Member(hub, group, connectionId), null, null, cancellation);

    public Task<bool> ExistsAsync(string hub, string connectionId, CancellationToken cancellation) =>
        CallAsync(RequestMethod.Head, Connection(hub, connectionId), null, null, cancellation);

    public Task CloseAsync(string hub, string connectionId, string reason, CancellationToken cancellation) =>
        CallAsync(RequestMethod.Delete, Connection(hub, connectionId), null, reason, cancellation);

    private static string Hub(string hub) => $"/api/hubs/{Uri.EscapeDataString(hub)}";

    private static string Connection(string hub, string connectionId) => $"{Hub(hub)}/connections/{Uri.EscapeDataString(connectionId)}";

    private static string Member(string hub, string group, string connectionId) =>
        $"{Hub(hub)}/groups/{Uri.EscapeDataString(group)}/connections/{Uri.EscapeDataString(connectionId)}";

    /// <returns>False where the answer is 404.</returns>
    /// <exception cref="StoreUnavailableException">The service does not answer, throttles for too long, or does not let this identity in.</exception>
    private async Task<bool> CallAsync(
        RequestMethod method,
        string path,
        ReadOnlyMemory<byte>? text,
        string? reason,
        CancellationToken cancellation
    )
    {
        using var message = pipeline.CreateMessage();
        var request = message.Request;
        request.Method = method;
        request.Uri.Reset(new Uri(endpoint, path));
        request.Uri.AppendQuery("api-version", ApiVersion);
        if (!string.IsNullOrEmpty(reason))
        {
            request.Uri.AppendQuery("reason", reason);
        }

        if (text is { } body)
        {
            request.Headers.Add("Content-Type", "text/plain");
            request.Content = RequestContent.Create(body);
        }

        await pipeline.SendToServiceAsync(message, "Web PubSub", cancellation);

        return message.Response.Status switch
        {
            >= 200 and < 300 => true,
            404 => false,
            var status => throw new StoreUnavailableException($"Web PubSub answers {status}."),
        };
    }
}

/// <summary>What the pipeline of <see cref="WebPubSubClient"/> is made with.</summary>
public sealed class WebPubSubClientOptions : ClientOptions;
