using System.Text;
using Microsoft.AspNetCore.Http;
using Serverless.Dialects.Http;
using Serverless.Dialects.ThingScale.Channels;
using Serverless.Dialects.ThingScale.Requests;
using Serverless.Domain.Telemetry;
using Serverless.Domain.Tenants;
using Serverless.Domain.Users;

namespace Serverless.Dialects.ThingScale.Connectors;

/// <summary>
/// The HTTP device connector, POST /post_v1/ (v=…&amp;v2=…) and /post_v2/ (JSON), with X-DEVICETOKEN, X-DEVICEID and, at v2, X-TAGNAME. Whatever the content
/// type says, the body is of the path's form. Answers are bare words: 200 OK, 201
/// NEW_DEVICE_FOUND, 400 DEVICE_ID_ZERO, 401, 403 NO_MAPPED_CH or DEVICE_DISABLED, 429 (dev.thingscale.io, "Using HTTP").
/// </summary>
/// <remarks>
/// What is wrong is looked for in the order of that table: the device's id, the token, then [I] the payload (BAD_VALUE_FORMAT, BAD_JSON_FORMAT), then the
/// device. A payload whose answer is 201 or 403 is not stored, as the sender is told; only
/// where the tenant does not take unknown devices it is a dead letter too. [I] 401 says AUTH_REQUIRED, 429 TOO_MANY_REQUESTS. A user's API token opens
/// nothing here (seed, "Token type").
/// </remarks>
internal sealed class HttpConnector(
    UserDirectory users,
    TenantDirectory tenants,
    ThingScaleIntake intake,
    MessageClock clock,
    RequestRates rates
)
{
    private const string Door = "thingscale/connector";

    /// <param name="context">The request.</param>
    /// <param name="form">The form of the path's payloads.</param>
    public Task HandleAsync(HttpContext context, PayloadForm form) =>
        Failures.GuardAsync(context, () => TakeAsync(context, form), (_, error) => WriteAsync(context, error.Status, error.Code));

    private async Task TakeAsync(HttpContext context, PayloadForm form)
    {
        var (request, cancellation) = (context.Request, context.RequestAborted);
        if (!HttpMethods.IsPost(request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            throw ThingScaleError.MethodNotAllowed.Refused();
        }

        var token = ThingScaleRequest.ReadHeader(request, "X-DEVICETOKEN");
        var owner = token is null ? null : await users.FindByTokenAsync(token, TokenPurpose.Device, cancellation);
        var tenant = owner is var (id, _) ? (await tenants.GetAsync(id, cancellation)).Value : null;
        var settings = tenant?.Settings.ThingScale ?? ThingScaleSettings.Default;
        if (!rates.TryTake($"{Door}/{tenant?.Id}", context.Connection.RemoteIpAddress, settings.ConnectorRequestsPerSecond))
        {
            throw ThingScaleError.TooManyRequests.Refused();
        }

        var device = ThingScaleRequest.ReadHeader(request, "X-DEVICEID");
        if (device is null or "0")
        {
            throw ThingScaleError.DeviceIdZero.Refused();
        }

        if (tenant is null)
        {
            throw ThingScaleError.AuthRequired.Refused();
        }

        var received = clock.Next();
        var tag = form == PayloadForm.V1 ? null : ChannelHandler.Checked(ThingScaleRequest.ReadHeader(request, "X-TAGNAME"));
        var payload = new Payload(await RequestBodies.ReadAsync(request, Payload.MostBytes, cancellation), form, tag);
        if (payload.Check() is null)
        {
            throw (form == PayloadForm.V1 ? ThingScaleError.BadValues : ThingScaleError.BadJson).Refused();
        }

        await AnswerAsync(context, await intake.TakeAsync(tenant.Id, device, payload, received, keepsRefused: false, cancellation));
    }

    private static Task AnswerAsync(HttpContext context, IntakeResult result) =>
        result switch
        {
            IntakeResult.Stored => WriteAsync(context, StatusCodes.Status200OK, "OK"),
            IntakeResult.NewDevice => WriteAsync(context, StatusCodes.Status201Created, "NEW_DEVICE_FOUND"),
            IntakeResult.Disabled => throw ThingScaleError.DeviceDisabled.Refused(),
            IntakeResult.MaxDevices => throw ThingScaleError.MaxDeviceReach.Refused(),
            IntakeResult.BadDevice => throw ThingScaleError.BadDeviceId.Refused(),
            _ => throw ThingScaleError.NoMappedChannel.Refused(),
        };

    private static async Task WriteAsync(HttpContext context, int status, string word)
    {
        var bytes = Encoding.ASCII.GetBytes(word);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
