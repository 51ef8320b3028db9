using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Serverless.Domain.Webhooks.Network;

/// <summary>Whether an endpoint consents to get events.</summary>
/// <param name="Refusal">Why not, or null where it does.</param>
/// <param name="AllowedRate">The most requests a minute that it takes, or null for any number.</param>
/// <param name="Pending">How somebody may still consent in its place, or null.</param>
public sealed record Consent(string? Refusal, int? AllowedRate = null, PendingConsent? Pending = null);

/// <summary>Asks an endpoint whether it wants events, in the way that its webhook names. An answer's status alone is no consent.</summary>
public sealed class EndpointHandshake(WebhookClient client, TimeProvider time)
{
    private const string AllowedOrigin = "WebHook-Allowed-Origin";
    private const string AllowedRate = "WebHook-Allowed-Rate";
    private const string ValidationType = "Microsoft.EventGrid.SubscriptionValidationEvent";

    /// <summary>How long the URL in a validation event is good.</summary>
    public static readonly TimeSpan ConsentLife = TimeSpan.FromMinutes(10);

    /// <summary>Asks an endpoint.</summary>
    /// <param name="webhook">The webhook.</param>
    /// <param name="origin">What this cloud calls itself.</param>
    /// <param name="urlOf">The URL at which a code may be given instead of an answer, by the code; null where there is none.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <exception cref="DomainException">The address may not be called.</exception>
    public Task<Consent> AskAsync(Webhook webhook, string origin, Func<string, string>? urlOf, CancellationToken cancellation) =>
        webhook.Handshake switch
        {
            WebhookHandshake.None => Task.FromResult(new Consent(null)),
            WebhookHandshake.EventGrid => AskEventGridAsync(webhook, urlOf, cancellation),
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

    private async Task<Consent> AskEventGridAsync(Webhook webhook, Func<string, string>? urlOf, CancellationToken cancellation)
    {
        var (code, urlCode) = (NewCode(), NewCode());
        var ends = time.GetUtcNow() + ConsentLife;
        var request = new HttpRequestMessage(HttpMethod.Post, (Uri?)null)
        {
            Content = ValidationEvent(webhook, code, urlOf?.Invoke(urlCode)),
        };
        request.Headers.TryAddWithoutValidation("aeg-event-type", "SubscriptionValidation");
        var answer = await SendAsync(webhook, request, true, cancellation);
        if (answer.Failure is not null)
        {
            return new Consent($"The endpoint did not answer the validation event. {answer.Failure}");
        }

        if (answer.Status == 200 && ResponseOf(answer.Body) == code)
        {
            return new Consent(null);
        }

        var refusal =
            $"The endpoint answered the validation event with {answer.Status}; 200 with its code as validationResponse is consent.";
        return urlOf is null || !answer.IsSuccess
            ? new Consent(refusal)
            : new Consent(
                $"{refusal} So is a GET of its validationUrl within {ConsentLife.TotalMinutes} minutes.",
                null,
                new PendingConsent(HashOf(urlCode), ends)
            );
    }

    /// <summary>Whether a code is that of the URL in the validation event, and in time.</summary>
    public bool IsConsent(Webhook webhook, string code) =>
        webhook is { State: WebhookState.PendingValidation, Consent: { } pending }
        && time.GetUtcNow() < pending.Ends
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(pending.CodeHash), Encoding.ASCII.GetBytes(HashOf(code)));

    private static string NewCode() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static string HashOf(string code) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(code)));

    private async Task<WebhookAnswer> SendAsync(Webhook webhook, HttpRequestMessage request, bool readBody, CancellationToken cancellation)
    {
        var answer = await client.SendAsync(webhook, request, readBody, cancellation);
        return answer.IsRefused ? throw DomainException.Invalid("url", "The host has an address that cannot be called.") : answer;
    }

    private ByteArrayContent ValidationEvent(Webhook webhook, string code, string? url)
    {
        var now = time.GetUtcNow();
        var data = new JsonObject { ["validationCode"] = code };
        if (url is not null)
        {
            data["validationUrl"] = url;
        }

        var validation = new JsonObject
        {
            ["id"] = Guid.CreateVersion7(now).ToString(),
            ["topic"] = "",
            ["subject"] = $"webhooks/{webhook.Id}",
            ["eventType"] = ValidationType,
            ["eventTime"] = now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["metadataVersion"] = "1",
            ["dataVersion"] = "2",
            ["data"] = data,
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
