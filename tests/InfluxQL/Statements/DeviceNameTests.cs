using Serverless.Domain.Tenants;

namespace Serverless.InfluxQL.Tests.Statements;

/// <summary>What devices send is asked for as auto~temp: the field value of measurement temp.</summary>
public sealed class DeviceNameTests : IAsyncDisposable
{
    private const string Points = """
        temp uuid=a value=1.5 1
        temp uuid=b value=2.5,raw=7i 2
        pos uuid=a lat=1 3
        plain host=x value=4 4
        """;

    private readonly StatementCloud cloud = new();

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Theory]
    [InlineData("SHOW MEASUREMENTS", "auto~temp|plain|pos|temp")]
    [InlineData("SHOW MEASUREMENTS WITH MEASUREMENT =~ /^auto~/", "auto~temp")]
    [InlineData("SHOW MEASUREMENTS WITH MEASUREMENT = temp", "temp")]
    [InlineData("SHOW FIELD KEYS FROM \"auto~temp\"", "auto~temp:value")]
    [InlineData("SHOW FIELD KEYS FROM temp", "temp:raw,value")]
    [InlineData("SELECT * FROM \"auto~temp\"", "auto~temp:a,1.5,b,2.5")]
    [InlineData("SELECT value, raw FROM temp WHERE uuid = 'b'", "temp:2.5,7")]
    [InlineData("SELECT max(value) FROM /temp/", "temp:2.5")]
    [InlineData("SELECT max(value) FROM /^auto~t/", "auto~temp:2.5")]
    [InlineData("SELECT value FROM \"auto~plain\"", "")]
    public async Task Series_of_devices_have_their_names(string query, string expected)
    {
        await cloud.WriteAsync(Tenant.DeviceDatabase, Points);

        var answer = await cloud.AskAsync(query, request => request with { Database = Tenant.DeviceDatabase });

        Assert.Equal(expected, Short(answer));
    }

    [Fact]
    public async Task What_a_name_stands_for_is_erased_only_where_nothing_else_goes_with_it()
    {
        await cloud.WriteAsync(Tenant.DeviceDatabase, Points);

        var refused = await cloud.ErrorAsync("DELETE FROM \"auto~temp\"", request => request with { Database = Tenant.DeviceDatabase });
        await cloud.WriteAsync(Tenant.DeviceDatabase, "watt uuid=a value=1 1");
        await cloud.AskAsync("DROP MEASUREMENT \"auto~watt\"", request => request with { Database = Tenant.DeviceDatabase });

        Assert.Contains("which has other fields too", refused, StringComparison.Ordinal);
        var left = await cloud.PointsAsync(Tenant.DeviceDatabase);
        Assert.Contains("temp,uuid=b raw=7", left, StringComparison.Ordinal);
        Assert.DoesNotContain("watt", left, StringComparison.Ordinal);
    }

    /// <summary>Names of series, or their names and values without times.</summary>
    private static string Short(string answer)
    {
        using var json = System.Text.Json.JsonDocument.Parse(answer);
        if (!json.RootElement.GetProperty("results")[0].TryGetProperty("series", out var series))
        {
            return "";
        }

        return string.Join(
            '|',
            series
                .EnumerateArray()
                .Select(one =>
                {
                    var rows = one.GetProperty("values").EnumerateArray().ToList();
                    return one.GetProperty("name").GetString() switch
                    {
                        "measurements" => string.Join('|', rows.Select(row => row[0].GetString())),
                        var name when one.GetProperty("columns")[0].GetString() == "fieldKey" =>
                            $"{name}:{string.Join(',', rows.Select(row => row[0].GetString()))}",
                        var name => $"{name}:{string.Join(',', rows.SelectMany(row => row.EnumerateArray().Skip(1)))}",
                    };
                })
        );
    }
}
