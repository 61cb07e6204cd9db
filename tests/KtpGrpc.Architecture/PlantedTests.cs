namespace KtpGrpc.Architecture;

/// <summary>The reader against edges planted for it in this very assembly, one of each kind.</summary>
public sealed class PlantedTests
{
    private const string Root = "KtpGrpc.Architecture.Planted";
    private static readonly Columns _rule = Columns.Read("```columns\nClock | Health Cards | Session\n```\n");
    private static readonly House _planted = House.Read(typeof(PlantedTests).Assembly.Location, Root);
    private static readonly string[] _faults = [.. _planted.Faults(_rule)];

    [Theory]
    [InlineData("ByBaseType")]
    [InlineData("ByInterface")]
    [InlineData("ByArgumentOfInterface")]
    [InlineData("ByConstraint")]
    [InlineData("ByAttribute")]
    [InlineData("ByTypeArgumentOfAttribute")]
    [InlineData("ByTypeInAttribute")]
    [InlineData("ByEnumInAttribute")]
    [InlineData("ByNamedValueOfAttribute")]
    [InlineData("ByAttributeOfGenericParameter")]
    [InlineData("Outer.ByNestedType")]
    [InlineData("FileLocal.InIt")]
    [InlineData("ByField.Beat")]
    [InlineData("IByMembers.ByProperty")]
    [InlineData("IByMembers.ByAttributeOfProperty")]
    [InlineData("IByMembers.ByEvent")]
    [InlineData("IByMembers.ByResult")]
    [InlineData("IByMembers.ByParameter")]
    [InlineData("IByMembers.ByReference")]
    [InlineData("IByMembers.ByAttributeOfMethod")]
    [InlineData("IByMembers.ByAttributeOfParameter")]
    [InlineData("IByMembers.ByAttributeOfResult")]
    [InlineData("IByMembers.ByConstraintOfMethod")]
    [InlineData("IByMembers.ByFunctionPointer")]
    public void Edge_OfADeclaration_IsFound(string place) => Assert.Contains($"Health -> Session: {place}", _faults);

    [Theory]
    [InlineData("cctor")]
    [InlineData("ByAccessor")]
    [InlineData("ByCall")]
    [InlineData("ByConstruction")]
    [InlineData("ByCast")]
    [InlineData("ByTypeOf")]
    [InlineData("ByArgumentOfCall")]
    [InlineData("ByFieldInBody")]
    [InlineData("ByIndirectCall")]
    [InlineData("ByMethodGroup")]
    [InlineData("ByLocal")]
    [InlineData("ByCatch")]
    [InlineData("ByLambda")]
    [InlineData("ByClosure")]
    [InlineData("ByLocalFunction")]
    [InlineData("ByAsyncBody")]
    [InlineData("ByLambdaInAsyncBody")]
    [InlineData("ByIterator")]
    public void Edge_OfABody_IsFoundAtTheMethodThatWasWritten(string member) =>
        Assert.Contains($"Health -> Session: Bodies.{member}", _faults);

    [Fact]
    public void Edge_ToTheLeft_IsNoFault()
    {
        Assert.Contains(new Edge("Health", "Clock", "Innocent", "Tick"), _planted.Edges);
        Assert.DoesNotContain(_faults, fault => fault.Contains("Innocent", StringComparison.Ordinal));
    }

    [Fact]
    public void Edge_ToANeighbourInTheColumn_IsFound() => Assert.Contains("Cards -> Health: Counter.Neighbour", _faults);

    [Fact]
    public void Edge_ToTheRoot_IsFound() => Assert.Contains("Session -> (root): Caller.Host", _faults);

    [Fact]
    public void Root_NamingAnything_IsNoFault() =>
        Assert.DoesNotContain(_planted.Edges, edge => edge.From == Place.Root || edge.Type == "Host");

    [Fact]
    public void Folder_ThatTheLineDoesNotKnow_IsFound() => Assert.Contains("Attic is not in the line of columns", _faults);

    [Fact]
    public void Type_OutsideTheRootNamespace_IsFound() => Assert.Contains(
        "KtpGrpc.Architecture.PlantedTests lies outside the root namespace, where no rule sees it", _faults);
}
