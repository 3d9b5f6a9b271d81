mapfile -t tags <<< "$WRASSE_TAGS"
arguments=()
for tag in "${tags[@]}"; do arguments+=(--tags "$tag"); done
# Not by npx, which goes through a link: links do not survive CodePipeline's artifacts.
node "$(node -p 'require.resolve("aws-cdk/bin/cdk")')" deploy --all --app cdk.out --method direct --require-approval never --role-arn "$WRASSE_APPLICATION_ROLE" "${arguments[@]}"
