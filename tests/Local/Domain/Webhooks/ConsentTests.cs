using System.Net;
using System.Text.Json.Nodes;
using Serverless.Domain;
using Serverless.Domain.Webhooks;
using Serverless.Tests.Support;

namespace Serverless.Local.Tests.Domain.Webhooks;

/// <summary>Consent by the URL in Event Grid's validation event, in the place of an endpoint that does not answer with its code.</summary>
public sealed class ConsentTests
{
    private const string Tenant = TestCloud.Tenant;

    private static readonly NewWebhook Hook = new() { Url = "https://example.com/", Handshake = WebhookHandshake.EventGrid };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_code_of_the_url_enables_the_webhook_and_its_events_come()
    {
        await using var setup = await WebhookSetup.OpenAsync();
        var (webhook, code) = await AskAsync(setup);
        Assert.Equal(WebhookState.PendingValidation, webhook.State);
        Assert.NotEqual(code, webhook.Consent!.CodeHash);

        await Assert.ThrowsAsync<DomainException>(() => setup.Webhooks.ConsentAsync(Tenant, webhook.Id, code + "0", Cancellation));
        await Assert.ThrowsAsync<DomainException>(() => setup.Webhooks.ConsentAsync("t2", webhook.Id, code, Cancellation));
        var enabled = (await setup.Webhooks.ConsentAsync(Tenant, webhook.Id, code, Cancellation)).Value;

        Assert.Equal((WebhookState.Enabled, null, null), (enabled.State, enabled.Reason, enabled.Consent));
        await Assert.ThrowsAsync<DomainException>(() => setup.Webhooks.ConsentAsync(Tenant, webhook.Id, code, Cancellation));
    }

    [Fact]
    public async Task The_url_is_good_for_ten_minutes()
    {
        await using var setup = await WebhookSetup.OpenAsync();
        var (webhook, code) = await AskAsync(setup);

        setup.Time.Advance(TimeSpan.FromMinutes(10));

        await Assert.ThrowsAsync<DomainException>(() => setup.Webhooks.ConsentAsync(Tenant, webhook.Id, code, Cancellation));
    }

    [Fact]
    public async Task The_url_of_an_endpoint_that_was_asked_before_or_whose_webhook_is_disabled_is_good_no_more()
    {
        await using var setup = await WebhookSetup.OpenAsync();
        var (webhook, first) = await AskAsync(setup);
        var (_, second) = await AskAsync(setup, webhook);

        await Assert.ThrowsAsync<DomainException>(() => setup.Webhooks.ConsentAsync(Tenant, webhook.Id, first, Cancellation));
        await setup.Webhooks.DisableAsync(Tenant, webhook.Id, "by hand", Cancellation);
        await Assert.ThrowsAsync<DomainException>(() => setup.Webhooks.ConsentAsync(Tenant, webhook.Id, second, Cancellation));
    }

    [Fact]
    public async Task An_endpoint_that_refuses_the_validation_event_is_offered_no_url_to_consent_by()
    {
        await using var setup = await WebhookSetup.OpenAsync();
        setup.Plan(HttpStatusCode.Forbidden);

        var webhook = await setup.AddAsync(Hook, (_, _, code) => code);

        Assert.Equal((WebhookState.PendingValidation, null), (webhook.State, webhook.Consent));
    }

    /// <summary>Asks an endpoint that answers 202 with nothing.</summary>
    /// <returns>The webhook, and the code of its URL.</returns>
    private static async Task<(Webhook Webhook, string Code)> AskAsync(WebhookSetup setup, Webhook? known = null)
    {
        setup.Plan(HttpStatusCode.Accepted);
        static string UrlOf(string tenant, string id, string code) => $"{tenant} {id} {code}";
        var webhook = known is null
            ? await setup.AddAsync(Hook, UrlOf)
            : (await setup.Webhooks.EnableAsync(Tenant, known.Id, UrlOf, null, Cancellation)).Value;
        var sent = JsonNode.Parse(setup.Requests[^1].Body)![0]!["data"]!;
        var url = ((string)sent["validationUrl"]!).Split(' ');
        Assert.Equal((Tenant, webhook.Id), (url[0], url[1]));
        Assert.NotEqual((string)sent["validationCode"]!, url[2]);
        return (webhook, url[2]);
    }
}
