mapfile -t tags <<< "$WRASSE_TAGS"
capabilities=(CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND)
if aws cloudformation describe-stacks --stack-name "$WRASSE_NAME" > /dev/null 2>&1; then
  aws cloudformation deploy --stack-name "$WRASSE_NAME" --template-file packaged.yaml --role-arn "$WRASSE_APPLICATION_ROLE" \
    --s3-bucket "$WRASSE_BUCKET" --s3-prefix "$WRASSE_PACKAGE_PREFIX" \
    --capabilities "${capabilities[@]}" --tags "${tags[@]}" --no-fail-on-empty-changeset
  exit
fi
# A stack whose creation failed can never be updated: CloudFormation deletes it, so that the next push is a new try.
for tag in "${!tags[@]}"; do tags[tag]="Key=${tags[tag]%%=*},Value=${tags[tag]#*=}"; done
aws s3 cp --only-show-errors packaged.yaml "s3://$WRASSE_BUCKET/$WRASSE_PACKAGE_PREFIX/template.yaml"
id=$(aws cloudformation create-stack --stack-name "$WRASSE_NAME" --role-arn "$WRASSE_APPLICATION_ROLE" --on-failure DELETE \
  --template-url "https://$WRASSE_BUCKET.s3.$AWS_REGION.amazonaws.com/$WRASSE_PACKAGE_PREFIX/template.yaml" \
  --capabilities "${capabilities[@]}" --tags "${tags[@]}" --query StackId --output text)
if ! aws cloudformation wait stack-create-complete --stack-name "$id"; then
  aws cloudformation describe-stack-events --stack-name "$id" --output text \
    --query "StackEvents[?ResourceStatus=='CREATE_FAILED'].[LogicalResourceId, ResourceStatusReason]"
  exit 1
fi
