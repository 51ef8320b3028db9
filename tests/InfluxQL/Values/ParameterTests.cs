using System.Text.Json;
using Serverless.InfluxQL.Values;

namespace Serverless.InfluxQL.Tests.Values;

public sealed class ParameterTests
{
    [Theory]
    [InlineData("""{"x":1.5}""", "SELECT a FROM b WHERE c = 1.500")]
    [InlineData("""{"x":-3}""", "SELECT a FROM b WHERE c = -3")]
    [InlineData("""{"x":true}""", "SELECT a FROM b WHERE c = true")]
    [InlineData("""{"x":"it's"}""", "SELECT a FROM b WHERE c = 'it\\'s'")]
    [InlineData("""{"x":{"ident":"a b"}}""", "SELECT a FROM b WHERE c = \"a b\"")]
    [InlineData("""{"x":{"duration":"90m"}}""", "SELECT a FROM b WHERE c = 90m")]
    [InlineData("""{"x":{"duration":90000000000}}""", "SELECT a FROM b WHERE c = 90s")]
    [InlineData("""{"x":{"float":2}}""", "SELECT a FROM b WHERE c = 2.000")]
    [InlineData("""{"x":{"integer":2}}""", "SELECT a FROM b WHERE c = 2")]
    public void A_parameter_stands_for_its_value(string json, string printed) =>
        Assert.Equal(printed, Assert.Single(InfluxQuery.Parse("SELECT a FROM b WHERE c = $x", Bind(json))).ToString());

    [Fact]
    public void A_parameter_may_be_a_regular_expression_after_its_operator() =>
        Assert.Equal(
            "SELECT a FROM b WHERE c =~ /^x\\/y/",
            Assert.Single(InfluxQuery.Parse("SELECT a FROM b WHERE c =~ $x", Bind("""{"x":{"regex":"^x/y"}}"""))).ToString()
        );

    [Theory]
    [InlineData("""{}""", "missing parameter: x")]
    [InlineData("""{"x":null}""", "missing parameter: unable to bind parameter with type <nil>")]
    [InlineData("""{"x":[1]}""", "missing parameter: unable to bind parameter with type []interface {}")]
    [InlineData("""{"x":{"ident":1}}""", "missing parameter: identifier must be a string value")]
    [InlineData("""{"x":{"ident":null}}""", "missing parameter: identifier must be a string value")]
    [InlineData("""{"x":{"a":1,"b":2}}""", "missing parameter: bound object parameter value must have exactly one entry")]
    [InlineData("""{"x":{}}""", "missing parameter: bound object parameter value must have exactly one entry")]
    [InlineData("""{"x":{"foo":1}}""", "missing parameter: unknown bind object type: foo")]
    [InlineData("""{"x":{"string":1}}""", "missing parameter: string literal must be a string value")]
    [InlineData("""{"x":{"regex":1}}""", "missing parameter: regex literal must be a string value")]
    [InlineData("""{"x":{"integer":1.5}}""", "missing parameter: integer literal must be an integer value")]
    [InlineData("""{"x":{"float":"a"}}""", "missing parameter: number literal must be a float value")]
    [InlineData("""{"x":{"duration":1.5}}""", "missing parameter: duration literal must be a string or integer value")]
    [InlineData("""{"x":{"int":1e3}}""", "missing parameter: strconv.ParseInt: parsing \"1e3\": invalid syntax")]
    [InlineData("""{"x":{"duration":"1q"}}""", "invalid duration")]
    [InlineData("""{"x":{"regex":"("}}""", "error parsing regexp: missing closing ): `(` at line 1, char 27")]
    public void A_wrong_parameter_is_refused_where_it_is_used(string json, string error) =>
        Assert.Equal(
            error,
            Assert.Throws<InfluxSyntaxException>(() => InfluxQuery.Parse("SELECT a FROM b WHERE c = $x", Bind(json))).Message
        );

    [Theory]
    [InlineData("""{"x":1e5}""", "error parsing json value: strconv.ParseInt: parsing \"1e5\": invalid syntax")]
    [InlineData(
        """{"x":99999999999999999999}""",
        "error parsing json value: strconv.ParseInt: parsing \"99999999999999999999\": value out of range"
    )]
    public void A_number_that_is_no_64_bit_integer_is_refused_at_once(string json, string error) =>
        Assert.Equal(error, Assert.Throws<InfluxSyntaxException>(() => Bind(json)).Message);

    private static QueryParameters Bind(string json)
    {
        using var document = JsonDocument.Parse(json);
        return QueryParameters.FromJson(document.RootElement);
    }
}
