namespace Serverless.Dialects.Tests.Cumulocity.Inventory;

public class IdentityTests
{
    [Theory]
    [InlineData("SN-1", "SN-1")]
    [InlineData("a/b/c", "a/b/c")]
    [InlineData("urn://a//b", "urn://a//b")]
    [InlineData("a/b c?#ü", "a%2Fb%20c%3F%23%C3%BC")]
    public async Task An_object_is_found_by_its_external_id(string name, string inPath)
    {
        await using var server = await InventoryServer.StartAsync();
        var id = await server.CreateAsync("""{"name":"a"}""");
        var other = await server.CreateAsync("""{"name":"b"}""");
        var body = $$$"""{"type":"c8y_Serial","externalId":"{{{name}}}","managedObject":{"id":"{{{id}}}"}}""";

        var (status, made) = await server.AskAsync("POST", $"/identity/globalIds/{id}/externalIds", body);

        Assert.Equal(201, status);
        Assert.Equal((name, id), ((string)made!["externalId"]!, (string)made["managedObject"]!["id"]!));
        Assert.Equal(id, (string)(await server.GetAsync($"/identity/externalIds/c8y_Serial/{inPath}"))["managedObject"]!["id"]!);
        Assert.Equal(id, (string)(await server.GetAsync(new Uri((string)made["self"]!).PathAndQuery))["managedObject"]!["id"]!);
        Assert.Single((await server.GetAsync($"/identity/globalIds/{id}/externalIds"))["externalIds"]!.AsArray());
        foreach (var taken in new[] { id, other })
        {
            var (conflict, error) = await server.AskAsync("POST", $"/identity/globalIds/{taken}/externalIds", body);
            Assert.Equal((409, "Identity already bound to a different Global ID."), (conflict, (string)error!["message"]!));
        }

        var (_, found) = await server.AskAsync(
            "POST",
            "/identity/search",
            $$$"""{"externalIds":[{{{body}}},{"type":"x","externalId":"y"}]}"""
        );
        Assert.Equal(id, (string)Assert.Single(found!["externalIds"]!.AsArray())!["managedObject"]!["id"]!);
        Assert.Equal(204, (await server.AskAsync("DELETE", $"/identity/externalIds/c8y_Serial/{inPath}")).Status);
        var (missing, gone) = await server.AskAsync("GET", $"/identity/externalIds/c8y_Serial/{inPath}");
        Assert.Equal(
            (404, $"External id not found; external id = ID [type=c8y_Serial, value={name}]"),
            (missing, (string)gone!["message"]!)
        );
    }

    [Theory]
    [InlineData("POST", "/identity/globalIds/999/externalIds", """{"type":"t","externalId":"x"}""", 404, "Global ID not found")]
    [InlineData("GET", "/identity/globalIds/no/externalIds", null, 404, "Global ID not found")]
    [InlineData(
        "POST",
        "/identity/globalIds/999/externalIds",
        """{"type":"t"}""",
        422,
        "Following mandatory fields should be included: externalId"
    )]
    [InlineData(
        "POST",
        "/identity/globalIds/999/externalIds",
        """{"type":"","externalId":"x"}""",
        422,
        "The member type is a text of at least one character."
    )]
    [InlineData("POST", "/identity/search", "{}", 422, "Following mandatory fields should be included: externalIds")]
    [InlineData("POST", "/identity/search", """{"externalIds":[7]}""", 422, "An external id has a type and an externalId.")]
    [InlineData("DELETE", "/identity/externalIds/t/x", null, 404, "External id not found; external id = ID [type=t, value=x]")]
    public async Task Wrong_input_has_its_error(string method, string path, string? body, int status, string message)
    {
        await using var server = await InventoryServer.StartAsync();

        var (got, error) = await server.AskAsync(method, path, body);

        Assert.Equal((status, message), (got, (string)error!["message"]!));
    }
}
