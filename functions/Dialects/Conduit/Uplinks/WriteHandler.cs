using Microsoft.AspNetCore.Http;
using Serverless.Domain;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;

namespace Serverless.Dialects.Conduit.Uplinks;

/// <summary>POST of /conduitv6 (uplinks and plain values in JSON; the vendor's own URL for them is not known [I]) and of /conduitv4/post (parameters).</summary>
internal sealed class WriteHandler(UplinkDoor door, ConduitCallers callers, TenantDirectory tenants, TimeProvider time)
{
    private readonly WriteRates rates = new(time);

    /// <summary>Takes the body's uplinks. Its token is that of the header or parameter, else that in the body.</summary>
    public async Task PostAsync(HttpContext context)
    {
        var cancellation = context.RequestAborted;
        var token = ConduitCallers.TokenOf(context.Request);
        var caller = token is null ? null : await callers.FindAsync(token, cancellation);
        if (token is not null && caller is null)
        {
            await ConduitErrors.WriteUnauthorizedAsync(context);
            return;
        }

        IReadOnlyList<ConduitUplink> uplinks;
        try
        {
            using var body = await RequestJson.ReadBytesAsync(context.Request, cancellation);
            uplinks = UplinkParser.Parse(body.Written);
        }
        catch (Exception wrong) when (wrong is PayloadException or InvalidDataException or DomainException && caller is null)
        {
            // Whoever does not say who he is learns nothing of what he sends.
            await ConduitErrors.WriteUnauthorizedAsync(context);
            return;
        }

        if (token is null && TokenIn(uplinks) is { } inside)
        {
            caller = await callers.FindAsync(inside, cancellation);
        }

        if (caller is null)
        {
            await ConduitErrors.WriteUnauthorizedAsync(context);
            return;
        }

        foreach (var service in uplinks.Select(uplink => uplink.IsUplink ? ConduitService.Webhook : ConduitService.Http).Distinct())
        {
            caller.Require(service);
        }

        await TakeAsync(context, caller, uplinks);
    }

    /// <summary>Takes the parameters: netid, chid and value, or id, data (hexadecimal) and date.</summary>
    public async Task PostParametersAsync(HttpContext context, ConduitCaller caller)
    {
        caller.Require(ConduitService.Webhook);
        await TakeAsync(context, caller, [ReadParameters(context.Request.Query)]);
    }

    private async Task TakeAsync(HttpContext context, ConduitCaller caller, IReadOnlyList<ConduitUplink> uplinks)
    {
        caller.RequireWrite();
        var settings = (await tenants.GetAsync(caller.Caller.Tenant, context.RequestAborted)).Value.Settings.Conduit;
        if (rates.Take(caller.Key, settings.WritesPerSecond) is { } wait)
        {
            await ConduitErrors.WriteTooManyAsync(context, wait);
            return;
        }

        await door.TakeAsync(caller.Caller.Tenant, uplinks, context.RequestAborted);
        await ConduitErrors.WriteDoneAsync(context);
    }

    private static ConduitUplink ReadParameters(IQueryCollection query)
    {
        if (query.ContainsKey("data"))
        {
            return new ConduitUplink(
                Required(query, "id"),
                query.ContainsKey("date") ? UplinkNumbers.Timestamp(query["date"].ToString(), "date") : null,
                HexPayload.Decode(query["data"].ToString())
            );
        }

        var id = Required(query, "netid");
        var channel = UplinkNumbers.Channel(Required(query, "chid"), "chid");
        return new ConduitUplink(id, null, [new ChannelValue(channel, UplinkNumbers.Value(Required(query, "value")))]);
    }

    private static string Required(IQueryCollection query, string name) =>
        query[name] is [{ Length: > 0 } text] ? text : throw DomainException.Invalid(name, $"The parameter {name} is given once.");

    /// <summary>The one token in the uplinks, or null where there is none, or more than one.</summary>
    private static string? TokenIn(IReadOnlyList<ConduitUplink> uplinks) =>
        uplinks.Select(uplink => uplink.Token).OfType<string>().Distinct().Take(2).ToList() is [var token] ? token : null;
}
