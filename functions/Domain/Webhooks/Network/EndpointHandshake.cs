using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Domain.Webhooks.Network;

/// <summary>Whether an endpoint consents to get events.</summary>
/// <param name="Refusal">Why not, or null where it does.</param>
/// <param name="AllowedRate">The most requests a minute that it takes, or null for any number.</param>
public sealed record Consent(string? Refusal, int? AllowedRate = null);

/// <summary>Asks an endpoint whether it wants events, in the way that its webhook names. An answer's status alone is no consent.</summary>
public sealed class EndpointHandshake(WebhookClient client, TimeProvider time)
{
    private const string AllowedOrigin = "WebHook-Allowed-Origin";
    private const string AllowedRate = "WebHook-Allowed-Rate";
    private const string ValidationType = "Microsoft.EventGrid.SubscriptionValidationEvent";

    /// <exception cref="DomainException">The address may not be called.</exception>
    public Task<Consent> AskAsync(Webhook webhook, string origin, CancellationToken cancellation) =>
        webhook.Handshake switch
        {
            WebhookHandshake.None => Task.FromResult(new Consent(null)),
            WebhookHandshake.EventGrid => AskEventGridAsync(webhook, cancellation),
            _ => AskOptionsAsync(webhook, origin, cancellation),
        };

    private async Task<Consent> AskOptionsAsync(Webhook webhook, string origin, CancellationToken cancellation)
    {
        var answer = await SendAsync(webhook, new HttpRequestMessage(HttpMethod.Options, (Uri?)null), false, cancellation);
        if (answer.Failure is not null)
        {
            return new Consent($"The endpoint did not answer OPTIONS. {answer.Failure}");
        }

        var allowed = Values(answer, AllowedOrigin);
        if (!answer.IsSuccess)
        {
            return new Consent($"The endpoint answered OPTIONS with {answer.Status}: a success is needed.");
        }

        if (!allowed.Any(value => value == "*" || value.Equals(origin, StringComparison.OrdinalIgnoreCase)))
        {
            return new Consent(
                $"The endpoint answered OPTIONS with {answer.Status} and {(allowed.Count == 0 ? "no" : "another")} {AllowedOrigin}; '{origin}' or '*' is consent."
            );
        }

        var rate = Values(answer, AllowedRate).FirstOrDefault();
        return new Consent(
            null,
            int.TryParse(rate, NumberStyles.None, CultureInfo.InvariantCulture, out var perMinute) && perMinute > 0 ? perMinute : null
        );
    }

    private async Task<Consent> AskEventGridAsync(Webhook webhook, CancellationToken cancellation)
    {
        var code = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var request = new HttpRequestMessage(HttpMethod.Post, (Uri?)null) { Content = ValidationEvent(webhook, code) };
        request.Headers.TryAddWithoutValidation("aeg-event-type", "SubscriptionValidation");
        var answer = await SendAsync(webhook, request, true, cancellation);
        return answer.Failure is not null ? new Consent($"The endpoint did not answer the validation event. {answer.Failure}")
            : answer.Status == 200 && ResponseOf(answer.Body) == code ? new Consent(null)
            : new Consent(
                $"The endpoint answered the validation event with {answer.Status}; 200 with its code as validationResponse is consent."
            );
    }

    private async Task<WebhookAnswer> SendAsync(Webhook webhook, HttpRequestMessage request, bool readBody, CancellationToken cancellation)
    {
        var answer = await client.SendAsync(webhook, request, readBody, cancellation);
        return answer.IsRefused ? throw DomainException.Invalid("url", "The host has an address that cannot be called.") : answer;
    }

    private ByteArrayContent ValidationEvent(Webhook webhook, string code)
    {
        var now = time.GetUtcNow();
        var validation = new JsonObject
        {
            ["id"] = Guid.CreateVersion7(now).ToString(),
            ["topic"] = "",
            ["subject"] = $"webhooks/{webhook.Id}",
            ["eventType"] = ValidationType,
            ["eventTime"] = now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["metadataVersion"] = "1",
            ["dataVersion"] = "2",
            ["data"] = new JsonObject { ["validationCode"] = code },
        };
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new JsonArray(validation)));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        return content;
    }

    private static string? ResponseOf(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("validationResponse", out var response)
                && response.ValueKind == JsonValueKind.String
                ? response.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static List<string> Values(WebhookAnswer answer, string name) =>
        answer.Headers?.TryGetValues(name, out var values) == true
            ? [.. values.SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))]
            : [];
}
