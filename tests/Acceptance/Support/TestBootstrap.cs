using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>A device that a bootstrap file declares; its UUID is also its id at the hub.</summary>
internal sealed record TestDevice(string Uuid, string Key)
{
    public static TestDevice New() => new(Guid.NewGuid().ToString(), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

    public string ConnectionString(int port) => $"HostName=localhost:{port};DeviceId={Uuid};SharedAccessKey={Key}";
}

/// <summary>A user that a bootstrap file declares.</summary>
internal sealed record TestUser(string Name, string Password, params string[] Roles);

/// <summary>A bootstrap file.</summary>
internal sealed class TestBootstrap
{
    private readonly JsonArray tenants = [];
    private readonly List<string> secrets = [];

    /// <summary>What must never be seen in a log.</summary>
    public IReadOnlyList<string> Secrets => secrets;

    public TestBootstrap Tenant(
        string id,
        IEnumerable<TestUser> users,
        IEnumerable<TestDevice>? devices = null,
        JsonObject? settings = null
    )
    {
        var tenant = new JsonObject
        {
            ["id"] = id,
            ["name"] = $"Tenant {id}",
            ["timeZone"] = "Asia/Tokyo",
            ["users"] = new JsonArray([.. users.Select(User)]),
            ["devices"] = new JsonArray([.. (devices ?? []).Select(Device)]),
        };
        if (settings is not null)
        {
            tenant["settings"] = settings;
        }

        tenants.Add(tenant);
        return this;
    }

    /// <summary>The password of the user that devices without credentials share, or null for none.</summary>
    public string? DeviceBootstrap { get; init; }

    public override string ToString()
    {
        var file = new JsonObject { ["tenants"] = tenants.DeepClone() };
        if (DeviceBootstrap is not null)
        {
            file["deviceBootstrap"] = new JsonObject { ["password"] = DeviceBootstrap };
        }

        return file.ToJsonString();
    }

    private JsonNode User(TestUser user)
    {
        secrets.Add(user.Password);
        return new JsonObject
        {
            ["name"] = user.Name,
            ["password"] = user.Password,
            ["roles"] = new JsonArray([.. user.Roles.Select(role => JsonValue.Create(role))]),
        };
    }

    private JsonNode Device(TestDevice device)
    {
        secrets.Add(device.Key);
        return new JsonObject
        {
            ["uuid"] = device.Uuid,
            ["name"] = $"Device {device.Uuid}",
            ["key"] = device.Key,
        };
    }
}
