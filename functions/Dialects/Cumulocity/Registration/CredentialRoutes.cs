using System.Text.Json.Nodes;
using Serverless.Dialects.Cumulocity.Answers;
using Serverless.Dialects.Cumulocity.Requests;
using Serverless.Domain.Registration;

namespace Serverless.Dialects.Cumulocity.Registration;

/// <summary>/devicecontrol/deviceCredentials: a device asks for credentials of its own, with the login that all new devices share (reference 1.8).
/// The vendor answers 201, as its clients demand, where its document says 200.</summary>
internal sealed class CredentialRoutes(DeviceRegistration registration) : ICumulocityRoutes
{
    private const string Collection = "/devicecontrol/deviceCredentials";

    public IEnumerable<CumulocityRoute> All() => [new("POST", Collection, Permission.Bootstrap, CreateAsync)];

    private async Task<CumulocityAnswer> CreateAsync(CumulocityRequest request)
    {
        var members = new BodyMembers(request, await request.ReadObjectAsync());
        members.Require("id");
        var id = members.Id("id")!;
        var credentials =
            await registration.RequestAsync(id, members.Text("securityToken"), request.Cancellation)
            ?? throw CumulocityErrors.NotFound("devicecontrol", $"There is no accepted newDeviceRequest for the device {id}: ask again.");
        var shown = new JsonObject
        {
            ["id"] = credentials.Id,
            ["self"] = request.Urls.Of($"{Collection}/{Uri.EscapeDataString(id)}"),
            ["tenantId"] = credentials.Tenant,
            ["username"] = credentials.User,
            ["password"] = credentials.Password,
        };
        return CumulocityAnswer.Created(shown, "devicecredentials", (string)shown["self"]!);
    }
}
